import { Router } from 'express';
import { add, find, remove, users } from '../store.js';

const router = Router();

router.get('/', (req, res) => {
  res.json(users);
});

router.post('/', (req, res) => {
  const { name, email, role } = req.body;
  if (!name || !email) return res.status(400).json({ error: 'name and email are needed' });
  res.status(201).json(add(users, { name, email, role: role || 'user' }));
});

router.get('/:id', (req, res) => {
  const user = find(users, req.params.id);
  if (!user) return res.status(404).json({ error: 'no such user' });
  res.json(user);
});

router.put('/:id', (req, res) => {
  const user = find(users, req.params.id);
  if (!user) return res.status(404).json({ error: 'no such user' });
  Object.assign(user, req.body);
  res.json(user);
});

router.delete('/:id', (req, res) => {
  if (!remove(users, req.params.id)) return res.status(404).json({ error: 'no such user' });
  res.status(204).end();
});

export default router;
