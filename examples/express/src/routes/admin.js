import { Router } from 'express';
import { notes, payments, users } from '../store.js';

const router = Router();

router.get('/stats', (req, res) => {
  res.json({ users: users.length, notes: notes.length, payments: payments.length });
});

router.delete('/notes', (req, res) => {
  const removed = notes.splice(0).length;
  res.json({ removed });
});

export default router;
