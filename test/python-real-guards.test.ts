import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { keptAuth } from '../src/policy/adopt.ts';
import type { Project } from '../src/project/project.ts';
import { pythonProject } from './surfaces-python.ts';

const head = 'from fastapi import Depends, FastAPI, Header, HTTPException\n';

function project(text: string): Project {
  return { ...pythonProject('fastapi'), tree: memoryTree({ 'app.py': head + text }) };
}

test('a dependency that compares a header token guards, whatever status it refuses with', async () => {
  const surface = await readFastapi(
    project(`
async def header_token(x_token: str = Header()):
    if x_token != "fake-super-secret-token":
        raise HTTPException(status_code=400, detail="X-Token header invalid")

app = FastAPI(dependencies=[Depends(header_token)])

@app.get("/items")
def items():
    return []
`),
  );
  expect(keptAuth(surface)).toContain('header_token');
});

test('a dependency that compares a CSRF token signs nobody in', async () => {
  const surface = await readFastapi(
    project(`
async def form(csrf_token: str = Header()):
    if csrf_token != "x":
        raise HTTPException(status_code=400, detail="try again")

app = FastAPI(dependencies=[Depends(form)])

@app.get("/items")
def items():
    return []
`),
  );
  expect(keptAuth(surface)).toBeUndefined();
});

test('dependencies of an application do not reach its mounts, documentation and plain routes', async () => {
  const { routes } = await readFastapi(
    project(`
async def signed_in(authorization: str = Header()):
    raise HTTPException(status_code=401)

app = FastAPI(dependencies=[Depends(signed_in)])
inner = FastAPI()

@inner.get("/secret")
def secret():
    return 1

@app.get("/mine")
def mine():
    return 1

async def plain(request):
    return None

app.add_route("/plain", plain)
app.mount("/inner", inner)
`),
  );
  const guarded = routes.filter(({ guards }) => guards.some(({ kinds }) => kinds.includes('auth')));
  expect(guarded.map(({ path }) => path)).toEqual(['/mine']);
});
