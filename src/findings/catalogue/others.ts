import type { Entries } from './entry.ts';

const library = {
  abandoned: {
    severity: 'low',
    cwe: [1104],
    row: 'components',
    what: 'A dependency is archived, or has no release for years.',
    why: 'Its faults will not be repaired.',
    fix: 'Replace it; the message names the successor.',
    sources: ['ASVS 15.1.2'],
  },
  vulnerable: {
    severity: 'high',
    cwe: [1395],
    row: 'components',
    what: 'The installed version has a published vulnerability.',
    why: 'The attack is public.',
    fix: 'Upgrade to the version that the message names.',
    sources: ['ASVS 15.2.1'],
  },
} as const;

export const authzEntries = {
  'authz/admin-without-role': {
    title: 'Administration for every signed-in user',
    severity: 'high',
    cwe: [862],
    row: 'function',
    what: 'A route for administrators asks who calls, and not what they may do.',
    why: 'Every account is an administrator.',
    fix: 'Ask for the role before the handler.',
    sources: ['OWASP Authorization cheat sheet', 'ASVS 8.2.1'],
  },
  'authz/object-by-id': {
    title: 'An object is found by its id alone',
    severity: 'info',
    cwe: [639],
    row: 'object',
    what: 'A signed-in user names an object, and nothing was seen that compares its owner.',
    why: 'Other people’s objects are one number away.',
    fix: 'Put the caller into the query, or compare the owner; answer 404.',
    sources: ['OWASP IDOR Prevention cheat sheet', 'ASVS 8.2.2', 'API1:2023'],
  },
  'authz/docs-open': {
    title: 'API documentation for everybody',
    severity: 'info',
    cwe: [1059],
    row: 'inventory',
    what: 'The documentation is served without a guard.',
    why: 'It lists every route, the internal ones too.',
    fix: 'Serve it behind authentication, or outside of production.',
    sources: ['ASVS 13.4.5', 'API9:2023'],
  },
  'authz/static-listing': {
    title: 'Directory listing',
    severity: 'low',
    cwe: [200],
    row: 'inventory',
    what: 'The files of a directory are listed.',
    why: 'Backups and forgotten files are found.',
    fix: 'Serve files by name; do not list.',
    sources: ['ASVS 13.4.3'],
  },
  'authz/static-dotfiles': {
    title: 'Files that start with a dot are served',
    severity: 'medium',
    cwe: [200],
    row: 'inventory',
    what: 'The static middleware serves dotfiles, or the root of the project.',
    why: '.env and .git are one request away.',
    fix: 'Serve one public directory, with dotfiles ignored.',
    sources: ['ASVS 13.4.1'],
  },
  'authz/bind-all': {
    title: 'Listens on every interface',
    severity: 'info',
    cwe: [1327],
    row: 'inventory',
    what: 'The address to listen on is 0.0.0.0 or ::.',
    why: 'Right in a container; on a server it also answers on networks that nobody meant.',
    fix: 'Listen on the interface that the proxy uses.',
    sources: ['CWE-1327'],
  },
  'authz/abandoned-library': {
    title: 'Library that should not be used any more',
    ...library.abandoned,
  },
  'authz/vulnerable-library': {
    title: 'Library with a known vulnerability',
    ...library.vulnerable,
  },
} as const satisfies Entries;

export const csrfEntries = {
  'csrf/unprotected': {
    title: 'Foreign sites can write with a visitor’s cookie',
    severity: 'medium',
    cwe: [352],
    row: 'csrf',
    what: 'A cookie is the credential of routes that write, and nothing checks where a request comes from.',
    why: 'A page that the visitor opens sends requests in their name.',
    fix: 'Check Sec-Fetch-Site and Origin, and bind a token to the session.',
    sources: ['OWASP CSRF Prevention cheat sheet', 'ASVS 3.5.1'],
  },
  'csrf/off': {
    title: 'CSRF protection is switched off',
    severity: 'medium',
    cwe: [352],
    row: 'csrf',
    what: 'A protection that the framework has is turned off or taken away.',
    why: 'A page that the visitor opens sends requests in their name.',
    fix: 'Leave it on; exempt routes that no cookie authenticates, by name.',
    sources: ['OWASP CSRF Prevention cheat sheet', 'ASVS 3.5.1'],
  },
  'csrf/abandoned-library': {
    title: 'CSRF library that should not be used any more',
    ...library.abandoned,
  },
  'csrf/vulnerable-library': {
    title: 'CSRF library with a known vulnerability',
    ...library.vulnerable,
  },
} as const satisfies Entries;

export const errorsEntries = {
  'errors/stack-leak': {
    title: 'Stack traces in answers',
    severity: 'medium',
    cwe: [209, 497],
    row: 'errors',
    what: 'An answer holds the stack of an error, or the error itself.',
    why: 'It tells paths, versions and queries to whoever makes it fail.',
    fix: 'Answer a fixed text and an id; log the cause.',
    sources: ['OWASP Error Handling cheat sheet', 'ASVS 16.5.1'],
  },
  'errors/message-leak': {
    title: 'Error messages in answers',
    severity: 'low',
    cwe: [209],
    row: 'errors',
    what: 'An answer with status 5xx holds the message of an error.',
    why: 'Messages of databases and libraries tell about the inside.',
    fix: 'Answer a fixed text and an id; log the cause.',
    sources: ['OWASP Error Handling cheat sheet', 'ASVS 16.5.1'],
  },
  'errors/no-handler': {
    title: 'No error handler',
    severity: 'low',
    cwe: [756],
    row: 'errors',
    what: 'The application has no error handler of its own.',
    why: 'The framework answers, outside of production with a stack trace.',
    fix: 'Add one as the last middleware, with a fixed answer.',
    sources: ['OWASP Error Handling cheat sheet', 'ASVS 16.5.1'],
  },
  'errors/debug': {
    title: 'Debug mode',
    severity: 'medium',
    cwe: [489, 756],
    row: 'errors',
    what: 'Debugging aids are on, whatever the environment.',
    why: 'They show the inside to callers; some run code for them.',
    fix: 'Turn it on in development only.',
    sources: ['ASVS 13.4.2'],
  },
  'errors/abandoned-library': {
    title: 'Library that should not be used any more',
    ...library.abandoned,
  },
} as const satisfies Entries;

export const loggingEntries = {
  'logging/none': {
    title: 'Nothing is logged',
    severity: 'info',
    cwe: [778],
    row: 'logging',
    what: 'No logging middleware or library was found.',
    why: 'Nobody sees an attack, nor afterwards what it took.',
    fix: 'Log sign-ins, refusals and errors as structured lines, without secrets.',
    sources: ['OWASP Logging cheat sheet', 'ASVS 16.3'],
  },
} as const satisfies Entries;
