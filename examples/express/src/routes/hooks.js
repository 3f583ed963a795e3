import { createHmac } from 'node:crypto';
import { payments } from '../store.js';

const secret = process.env.WEBHOOK_SECRET || 'whsec_4f9a27c1d05e';

export function paymentHook(req, res) {
  const expected = createHmac('sha256', secret).update(req.body).digest('hex');
  if (req.headers['x-signature'] !== expected) return res.status(401).json({ error: 'bad signature' });
  payments.push(JSON.parse(req.body));
  res.json({ received: true });
}
