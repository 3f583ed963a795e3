import { textOf } from '../../../languages/javascript/parse.ts';
import type { Credential } from '../../../surface/surface.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { strategyCredential, strategyOf } from './packages.ts';
import { isExternal, itemsOf, member, rootOf, textOfValue, type Value } from './values.ts';

/** The passport strategies of the project: what each reads, and which one stands for none named. */
export interface Strategies {
  credentials: ReadonlyMap<string, readonly Credential[]>;
  fallback: readonly string[];
}

/** Finds `class X extends PassportStrategy(Strategy, 'name')`, and `PassportModule.register({ defaultStrategy })`. */
export function readStrategies(
  m: Machine,
  external: readonly { name: string; args: readonly Value[] }[],
): Strategies {
  const credentials = new Map<string, readonly Credential[]>();
  for (const file of m.program.files.values()) {
    if (!file.parsed.text.includes('PassportStrategy')) continue;
    for (const node of file.declarations.values()) {
      if (node.type !== 'ClassDeclaration' || !node.superClass) continue;
      const parent = evaluate(m, node.superClass, file.scope);
      if (parent.kind !== 'call' || !isExternal(parent.callee, /^@nestjs\/passport$/)) continue;
      const [strategy, named] = parent.args;
      const root = strategy && rootOf(strategy);
      const name =
        textOfValue(named)?.text ?? (root?.kind === 'external' ? strategyOf(root.from) : undefined);
      if (name === undefined) continue;
      credentials.set(name, readBy(textOf(file.parsed, node), name));
    }
  }
  const module = external.find((one) => /^PassportModule\.register/.test(one.name));
  const given = itemsOf(member(module?.args[0], 'defaultStrategy')).flatMap(
    (one) => textOfValue(one)?.text ?? [],
  );
  const only = [...credentials.keys()];
  const fallback = given.length > 0 ? given : only.length === 1 ? only : [];
  return { credentials, fallback };
}

function readBy(text: string, name: string): Credential[] {
  const found: Credential[] = [];
  if (/cookies?\b/i.test(text)) found.push('cookie');
  if (/fromAuthHeader|authorization/i.test(text)) found.push('bearer');
  return found.length > 0 ? found : strategyCredential(name);
}
