import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectOf } from './forms.js';

const { FORM = 'ts', MAJOR = '5' } = process.env;

/** A file of the folder in the form that this run is about. */
async function load(name: string): Promise<unknown> {
  if (FORM === 'ts') return import(`../src/security/${name}.ts`);
  const file = join(projectOf(MAJOR, FORM), 'security', `${name}.js`);
  if (FORM === 'cjs') return createRequire(import.meta.url)(file);
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

type Index = typeof import('../src/security/index.js');
type Make = typeof import('../src/security/auth-jwt.js').make;
type Fields = typeof import('../src/security/fields.js');
type Html = typeof import('../src/security/html.js');

export const { secure, secureErrors, owns, principalOf } = (await load('index')) as Index;
export const fields = (await load('fields')) as Fields;
export const { sanitizeHtml } = (await load('html')) as Html;
export const { make: makeSession } = (await load('auth-session')) as { make: Make };
export const { make: makeKeys } = (await load('auth-apikey')) as { make: Make };
