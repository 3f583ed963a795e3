import { expect, test } from 'vitest';
import { memoryTree } from '../src/kernel/tree.ts';
import { ownEnvironment } from '../src/proof/own-environment.ts';

const json = { CORS_ORIGINS: '["https://app.example.com"]' };

test.each([
  [
    'a pydantic field',
    'app/config.py',
    'class Settings(BaseSettings):\n    CORS_ORIGINS: list[str]\n',
    json,
  ],
  ['a field in small letters', 'config.py', '    cors_origins: List[AnyHttpUrl] = []\n', json],
  ['code that parses', 'src/cors.ts', 'const list = JSON.parse(process.env.CORS_ORIGINS);\n', json],
  ['a plain text', 'config.py', '    cors_origins: str = ""\n', {}],
  ['code that splits', 'src/cors.js', "process.env.CORS_ORIGINS.split(',')\n", {}],
  ['other names', 'config.py', '    allow_origins: list[str] = []\n', {}],
])('CORS_ORIGINS has the form that the application reads: %s', (_what, file, text, expected) => {
  expect(ownEnvironment(memoryTree({ [file]: text }))).toEqual(expected);
});
