import { Router } from 'express';
import multer from 'multer';

const upload = multer({ storage: multer.memoryStorage() });
const router = Router();

router.post('/', upload.single('file'), (req, res) => {
  if (!req.file) return res.status(400).json({ error: 'a file is needed' });
  res.status(201).json({ name: req.file.originalname, size: req.file.size });
});

export default router;
