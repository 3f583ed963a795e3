import express from 'express';
import cors from 'cors';
import users from './routes/users.js';
import notes from './routes/notes.js';
import admin from './routes/admin.js';
import uploads from './routes/uploads.js';
import { paymentHook } from './routes/hooks.js';

const app = express();

app.use(cors({ origin: true, credentials: true }));

// the payment provider signs the raw bytes, so this one comes before the JSON parser
app.post('/hooks/payments', express.raw({ type: 'application/json' }), paymentHook);

app.use(express.json({ limit: '10mb' }));
app.use(express.static('public'));

app.get('/health', (req, res) => {
  res.json({ status: 'ok' });
});

app.use('/api/users', users);
app.use('/api/notes', notes);
app.use('/api/admin', admin);
app.use('/api/uploads', uploads);

app.use((err, req, res, next) => {
  console.error(err);
  res.status(err.status || 500).json({ error: err.message, stack: err.stack });
});

export default app;
