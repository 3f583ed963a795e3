import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { pythonProject } from './surfaces-python.ts';

const app = `from fastapi import FastAPI
app = FastAPI()

@app.get("/items/{item_id}")
def item(item_id: str): return item_id

@app.get("/users")
def users(): return []

@app.post("/notes")
def note(): return {}
`;

async function calledAnonymously(tests: string): Promise<string[]> {
  const tree = memoryTree({ 'app.py': app, 'tests/test_app.py': tests });
  const { routes } = await readFastapi({ ...pythonProject('fastapi'), tree });
  return routes
    .filter((route) => route.traits.includes('anonymous-in-tests'))
    .map((route) => route.id);
}

test('a path that parametrize hands to a test is called, one that is refused is not', async () => {
  const tests = `
@pytest.mark.parametrize(
    "path,status,body",
    [("/items/a", 200, {}), ("/users", 404, {})],
)
def test_read(path, status, body, client):
    assert client.get(path).status_code == status
`;
  expect(await calledAnonymously(tests)).toEqual(['GET /items/{item_id}']);
});

test('an f-string names its route', async () => {
  const tests =
    'def test_read(client):\n    assert client.get(f"/items/{wanted}").status_code == 200\n';
  expect(await calledAnonymously(tests)).toEqual(['GET /items/{item_id}']);
});

test('where nothing asks who calls, headers of a test are no credential', async () => {
  const tests = 'def test(client):\n    client.post("/notes", headers={"X-Token": "a"})\n';
  expect(await calledAnonymously(tests)).toEqual(['POST /notes']);
});
