import type { Policy } from '../../controls/policy.ts';
import { printPython } from '../../languages/python/print.ts';

const told = '"""Fields of JSON bodies as the handlers read them; `secure` writes it anew."""';

/** A schema for every JSON body whose keys the handler was seen to read. */
export function printSchemas(policy: Policy): string {
  const on = policy.kept.validation === undefined;
  const rows = policy.decisions.flatMap(({ method, path, body, schema }) => {
    if (!on || schema === undefined || body === 'raw' || body === 'multipart') return [];
    const fields = schema.fields.map(({ name, type, optional, enum: values, confidence }) => {
      // Only what is certain is asked for: a wrong type here would refuse a good client.
      const sure = confidence === 'high';
      const known = { name, type: sure ? type : 'unknown', optional: optional || !sure };
      return sure && values !== undefined && values.length > 0 ? { ...known, enum: values } : known;
    });
    return [{ method, path, closed: schema.closed, fields }];
  });
  const unique = [...new Map(rows.map((row) => [`${row.method} ${row.path}`, row])).values()];
  const data = printPython(unique);
  return `${told}\n\nfrom .body_schema import Schema\n\nSCHEMAS: list[Schema] = ${data}\n`;
}
