/** Where a weakness stands in the lists that people gate by. */
export interface Mapping {
  owasp2021: readonly string[];
  owasp2025: readonly string[];
  api2023: readonly string[];
  asvs: readonly string[];
}

/**
 * CWE to its OWASP Top 10 category, 2021 and 2025, from the CWE lists inside each OWASP file.
 * `''`: that CWE is in no category of that edition, and none is invented for it.
 */
const categories: Readonly<Record<number, readonly [top2021: string, top2025: string]>> = {
  16: ['A05', 'A02'],
  20: ['A03', 'A05'],
  22: ['A01', 'A01'],
  73: ['A04', 'A06'],
  78: ['A03', 'A05'],
  79: ['A03', 'A05'],
  89: ['A03', 'A05'],
  94: ['A03', 'A05'],
  95: ['A03', 'A05'],
  113: ['A03', 'A05'],
  117: ['A09', 'A09'],
  178: ['', ''],
  200: ['A01', 'A01'],
  203: ['', ''],
  204: ['', ''],
  208: ['', ''],
  209: ['A04', 'A10'],
  213: ['A04', ''],
  235: ['A04', 'A10'],
  248: ['', 'A10'],
  256: ['A04', 'A06'],
  285: ['A01', 'A01'],
  287: ['A07', 'A07'],
  288: ['A07', 'A07'],
  289: ['', 'A07'],
  290: ['A07', 'A07'],
  294: ['A07', 'A07'],
  295: ['A07', 'A07'],
  306: ['A07', 'A07'],
  307: ['A07', 'A07'],
  319: ['A02', 'A04'],
  321: ['A02', 'A04'],
  326: ['A02', 'A04'],
  327: ['A02', 'A04'],
  328: ['A02', 'A04'],
  338: ['A02', 'A04'],
  345: ['A08', 'A08'],
  346: ['A07', 'A07'],
  347: ['A02', 'A04'],
  352: ['A01', 'A01'],
  384: ['A07', 'A07'],
  400: ['', ''],
  436: ['', 'A06'],
  489: ['', 'A02'],
  497: ['A01', 'A01'],
  502: ['A08', 'A08'],
  521: ['A07', 'A07'],
  522: ['A04', 'A06'],
  523: ['A02', 'A04'],
  525: ['A04', 'A06'],
  532: ['A09', 'A09'],
  601: ['A01', 'A01'],
  613: ['A07', 'A07'],
  614: ['A05', 'A02'],
  636: ['', 'A10'],
  639: ['A01', 'A01'],
  650: ['A04', ''],
  674: ['', ''],
  693: ['', 'A06'],
  755: ['', 'A10'],
  756: ['A05', 'A10'],
  770: ['', ''],
  778: ['A09', 'A09'],
  798: ['A07', 'A07'],
  799: ['A04', 'A06'],
  862: ['A01', 'A01'],
  863: ['A01', 'A01'],
  915: ['A08', 'A08'],
  916: ['A02', 'A04'],
  918: ['A10', 'A01'],
  942: ['A05', 'A02'],
  943: ['', ''],
  1004: ['A05', 'A02'],
  1021: ['A04', 'A06'],
  1059: ['', ''],
  1104: ['A06', 'A03'],
  1174: ['A05', 'A02'],
  1275: ['A01', 'A01'],
  1321: ['', ''],
  1327: ['', ''],
  1333: ['', ''],
  1391: ['', 'A07'],
  1395: ['', 'A03'],
};

/** API Security Top 10 2023 and ASVS 5.0.0, by the kind of weakness. */
const rows = {
  headers: [['API8'], ['3.4.3', '3.4.4', '3.2.1']],
  framing: [['API8'], ['3.4.6']],
  transport: [
    ['API8', 'API10'],
    ['3.4.1', '12.2.1'],
  ],
  disclosure: [['API8'], ['13.4.6']],
  cors: [['API8'], ['3.4.2', '3.5.2']],
  resources: [['API4'], ['2.4.1', '15.2.2']],
  bruteForce: [['API2'], ['6.1.1', '6.3.1']],
  clientAddress: [['API8'], ['4.1.3', '15.3.4']],
  validation: [['API8'], ['2.2.1', '2.2.2']],
  injection: [['API8'], ['1.2.4']],
  command: [['API8'], ['1.2.5', '1.3.2']],
  html: [[], ['1.2.1', '1.3.1']],
  massAssignment: [['API3'], ['15.3.3']],
  prototype: [['API8'], ['15.3.6']],
  pattern: [['API4'], ['1.3.12', '15.2.2']],
  path: [[], ['5.3.2']],
  authentication: [['API2'], ['8.2.1', '13.2.1']],
  bypass: [['API5'], ['8.3.1', '4.1.4']],
  function: [['API5'], ['8.2.1']],
  object: [['API1'], ['8.2.2']],
  jwt: [['API2'], ['9.1.1', '9.1.2', '6.8.2']],
  claims: [['API2'], ['9.2.1', '9.2.2', '9.2.3', '10.3.1']],
  secret: [['API2'], ['13.3.1', '11.2.3', '11.5.1']],
  session: [['API2'], ['7.2.4', '7.3.1', '7.3.2', '7.4.1']],
  cookie: [['API8'], ['3.3.1', '3.3.2', '3.3.3', '3.3.4']],
  csrf: [[], ['3.5.1', '3.5.2', '3.5.3']],
  passwordHash: [['API2'], ['11.4.2']],
  crypto: [['API2'], ['11.3.1', '11.5.1']],
  timing: [['API2'], ['11.2.4', '6.3.8']],
  tokenContent: [
    ['API2', 'API3'],
    ['14.2.6', '15.3.1'],
  ],
  redirect: [[], ['3.7.2']],
  outbound: [['API7'], ['1.3.6', '13.2.4', '15.3.2']],
  errors: [['API8'], ['16.5.1', '13.4.2']],
  failOpen: [['API8'], ['16.5.2', '16.5.3', '16.5.4']],
  logging: [[], ['16.2.1', '16.3.1', '16.3.2', '16.3.3']],
  components: [['API8'], ['15.1.1', '15.2.1', '15.1.2', '15.2.4']],
  inventory: [['API9'], ['13.4.5']],
} as const satisfies Record<string, readonly [readonly string[], readonly string[]]>;

export type MappingRow = keyof typeof rows;

/** The categories of a weakness: by its CWE numbers and its row. */
export function mappingOf(cwe: readonly number[], row: MappingRow): Mapping {
  const [api2023, asvs] = rows[row];
  return { owasp2021: top(cwe, 0), owasp2025: top(cwe, 1), api2023, asvs };
}

function top(cwe: readonly number[], edition: 0 | 1): string[] {
  const found = cwe.map((number) => categories[number]?.[edition] ?? '');
  return [...new Set(found.filter((category) => category !== ''))].sort();
}

/** Whether the number is one that the table knows; a test asks it of every catalogue entry. */
export function knowsCwe(number: number): boolean {
  return Object.hasOwn(categories, number);
}

export const top10of2021: Readonly<Record<string, string>> = {
  A01: 'Broken Access Control',
  A02: 'Cryptographic Failures',
  A03: 'Injection',
  A04: 'Insecure Design',
  A05: 'Security Misconfiguration',
  A06: 'Vulnerable and Outdated Components',
  A07: 'Identification and Authentication Failures',
  A08: 'Software and Data Integrity Failures',
  A09: 'Security Logging and Monitoring Failures',
  A10: 'Server-Side Request Forgery',
};

export const top10of2025: Readonly<Record<string, string>> = {
  A01: 'Broken Access Control',
  A02: 'Security Misconfiguration',
  A03: 'Software Supply Chain Failures',
  A04: 'Cryptographic Failures',
  A05: 'Injection',
  A06: 'Insecure Design',
  A07: 'Authentication Failures',
  A08: 'Software or Data Integrity Failures',
  A09: 'Security Logging and Alerting Failures',
  A10: 'Mishandling of Exceptional Conditions',
};
