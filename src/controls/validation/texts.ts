import { bodyWrite, claims, ownPath, twoHundreds } from '../claims.ts';
import type { ProbeContext, ProbeEntry, Step } from '../probe.ts';

const { prove, when } = claims('validation');
const texts = [
  'Tom & Jerry',
  'a < b',
  "O'Brien",
  '"q"',
  '<3',
  '日本語',
  '🙂',
  'https://x.example/?a=1&b=2',
];

/** V-6 and V-7: what is valid comes back as it was sent; a password is never changed. */
export function textProbes(context: ProbeContext): readonly ProbeEntry[] {
  const write = bodyWrite(context);
  const field = Object.entries((write?.target.sample ?? {}) as Record<string, unknown>).find(
    ([name, value]) => value === 'proof {{unique}}' && !/slug|code|type|status|role/i.test(name),
  )?.[0];
  const found = write !== undefined && field !== undefined ? { ...write, field } : undefined;
  const signUp = context.can.ownAuth?.type === 'apikey' ? undefined : ownPath(context, '/register');
  const password = ` Pässwörd <>&"'\` 🙂 {{unique}} and some more to make it sixty-four long`;
  return [
    ...when(
      found,
      ['V-6', 'texts come back as they were sent', 'no write here with a free text'],
      ({ target, as, field: name }) =>
        texts.slice(0, target.method === 'POST' ? texts.length : 1).map((text, n) => {
          const send = (value: string): Step['send'] => ({
            method: target.method,
            path: target.path,
            as,
            json: { ...(target.sample as object), [name]: value },
          });
          return prove(
            `V-6/${n + 1}`,
            `"${text}" comes back as it was sent`,
            'cleaning corrupts what users write',
            [
              {
                send: send('plain{{unique}}'),
                expect: { status: twoHundreds, bodyHas: ['plain{{unique}}'] },
                setup: true,
              },
              { send: send(text), expect: { status: twoHundreds, bodyHas: [jsonForms(text)] } },
            ],
            { route: target.decision.route },
          );
        }),
    ),
    ...when(signUp, ['V-7', 'any password can be used', 'no emitted registration'], (path) => {
      const account = { email: 'v7-{{unique}}@proof.example', password };
      return prove(
        'V-7',
        'a password with markup, spaces and emoji works',
        'a changed password locks its owner out',
        [
          { send: { method: 'POST', path, json: account }, expect: { status: [202] } },
          {
            send: { method: 'POST', path: ownPath(context, '/login') ?? '', json: account },
            expect: { status: [200] },
          },
        ],
      );
    }),
  ];
}

/** The text inside a JSON document, as it stands or with escapes (RFC 8259 §7). */
function jsonForms(text: string): RegExp {
  const forms = [...text].map((character) => {
    const plain = JSON.stringify(character).slice(1, -1);
    const units = Array.from(
      { length: character.length },
      (_, n) => `\\\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`,
    ).join('');
    return `(?:${plain.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}|${units})`;
  });
  return new RegExp(forms.join(''), 'i');
}
