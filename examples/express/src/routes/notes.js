import { Router } from 'express';
import { add, find, notes, remove } from '../store.js';

const router = Router();

router.get('/', (req, res) => {
  const page = Number(req.query.page || 1);
  const search = req.query.search;
  const found = search ? notes.filter((note) => note.title.includes(search)) : notes;
  res.json({ page, items: found.slice((page - 1) * 20, page * 20) });
});

router.post('/', (req, res) => {
  const { title, body, pinned = false } = req.body;
  if (!title) return res.status(400).json({ error: 'title is needed' });
  res.status(201).json(add(notes, { title: title.trim(), body, pinned, ownerId: req.body.ownerId }));
});

router.get('/:id', (req, res) => {
  const note = find(notes, req.params.id);
  if (!note) return res.status(404).json({ error: 'no such note' });
  res.json(note);
});

router.put('/:id', (req, res) => {
  const note = find(notes, req.params.id);
  if (!note) return res.status(404).json({ error: 'no such note' });
  Object.assign(note, req.body);
  res.json(note);
});

router.delete('/:id', (req, res) => {
  if (!remove(notes, req.params.id)) return res.status(404).json({ error: 'no such note' });
  res.status(204).end();
});

export default router;
