import { z } from 'zod';

/** Schemas that most APIs need; compose yours from them in `schemas`. Nothing here changes a value. */
export const id = z.union([z.uuid(), z.string().regex(/^[\w-]{1,64}$/), z.int().positive()]);
export const page = z.coerce.number().int().min(1).max(100_000);
export const pageSize = z.coerce.number().int().min(1).max(100);
export const email = z
  .string()
  .max(254)
  .regex(/^[^@\s]{1,64}@[^@\s]{1,189}$/);
export const password = z.string().min(12).max(128);
/** No look-alikes: letters without marks, digits, and three signs. */
export const username = z.string().regex(/^[A-Za-z0-9][\w.-]{1,31}$/);

/**
 * A name under which an upload can be stored: made by us, with the ending of the original where that is harmless.
 * Keep the original as data if you need it.
 */
export function safeFilename(original: string): string {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(original)?.[1]?.toLowerCase();
  const plain =
    ending !== undefined &&
    /^(?:png|jpe?g|gif|webp|pdf|txt|csv|json|zip|docx?|xlsx?|mp[34])$/.test(ending);
  return plain ? `${crypto.randomUUID()}.${ending}` : crypto.randomUUID();
}
