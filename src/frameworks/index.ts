import type { FrameworkId } from '../project/project.ts';
import type { Framework } from './framework.ts';

/** Loaded on demand: reading Python brings a grammar that an Express project never needs. */
export const frameworks: Record<FrameworkId, () => Promise<Framework>> = {
  express: async () => (await import('./express/index.ts')).express,
  nestjs: async () => (await import('./nestjs/index.ts')).nestjs,
  fastapi: async () => (await import('./fastapi/index.ts')).fastapi,
  flask: async () => (await import('./flask/index.ts')).flask,
  gin: async () => (await import('./gin/index.ts')).gin,
};
