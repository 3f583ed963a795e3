import type { Application } from './application.ts';
import { sameClass } from './marks.ts';
import { type ClassValue, member, type Value } from './values.ts';

/** The classes among the providers of every module, each once. */
export function declaredProviders(app: Application): ClassValue[] {
  const found: ClassValue[] = [];
  const add = (value: Value | undefined) => {
    if (value?.kind === 'class' && !found.some((one) => sameClass(one, value))) found.push(value);
  };
  for (const { providers } of app.graph.modules) {
    for (const provider of providers)
      add(provider.kind === 'object' ? member(provider, 'useClass') : provider);
  }
  return found;
}
