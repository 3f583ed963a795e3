import { expect, test } from 'vitest';
import { controls } from '../src/controls/index.ts';
import { readGin } from '../src/frameworks/gin/reader.ts';
import type { Surface } from '../src/surface/surface.ts';
import { project } from './surfaces.ts';

const mod = 'module shop\n\ngo 1.22\n\nrequire github.com/gin-gonic/gin v1.10.0\n';

function read(files: Record<string, string>): Promise<Surface> {
  const input = { language: 'go', framework: 'gin', frameworkVersion: undefined } as const;
  return readGin(project({ 'go.mod': mod, ...files }, input));
}

const main = (body: string, more = ''): string =>
  `package main\n\nimport (\n\t"net/http"\n\t"github.com/gin-gonic/gin"\n\t"github.com/gin-contrib/cors"\n)\n\n${more}\n\nfunc main() {\n\tr := gin.New()\n${body}\n}\n`;

const home = '\tr.GET("/", func(c *gin.Context) { c.JSON(200, nil) })';
const kinds = (surface: Surface): string[] =>
  surface.routes[0]?.guards.flatMap((one) => one.kinds) ?? [];
const findings = (surface: Surface): string[] =>
  Object.values(controls).flatMap((one) => one.audit(surface).findings.map(({ id }) => id));

test('a middleware is read through the methods that it calls', async () => {
  const more =
    'type Auth struct{}\nfunc (a *Auth) Require(c *gin.Context) { if c.GetHeader("Authorization") == "" { a.refuse(c) } }\nfunc (a *Auth) refuse(c *gin.Context) { c.AbortWithStatus(401) }';
  expect(
    kinds(await read({ 'main.go': main(`\ta := &Auth{}\n\tr.Use(a.Require)\n${home}`, more) })),
  ).toEqual(['auth']);
});

test('a middleware is read through the packages that it calls', async () => {
  const surface = await read({
    'answers/answers.go':
      'package answers\n\nimport "github.com/gin-gonic/gin"\n\nfunc Refuse(c *gin.Context) { c.AbortWithStatusJSON(401, nil) }\n',
    'main.go': main(
      `\tr.Use(signedIn)\n${home}`,
      'func signedIn(c *gin.Context) { if c.GetHeader("Authorization") == "" { answers.Refuse(c) } }',
    ).replace('"net/http"', '"shop/answers"'),
  });
  expect(kinds(surface)).toEqual(['auth']);
});

test('a host that is not known is refused, and nobody is asked who they are', async () => {
  const more =
    'func host(c *gin.Context) { if c.Request.Host != "shop.example" { c.AbortWithStatus(http.StatusForbidden) } }';
  expect(kinds(await read({ 'main.go': main(`\tr.Use(host)\n${home}`, more) }))).toEqual([
    'unknown',
  ]);
});

test('a middleware that knows a caller and lets the others pass is no guard', async () => {
  const more =
    'func Optional(c *gin.Context) { if t := c.GetHeader("Authorization"); t != "" && !valid(t) { c.AbortWithStatus(401) } }\nfunc valid(t string) bool { return true }';
  expect(kinds(await read({ 'main.go': main(`\tr.Use(Optional)\n${home}`, more) }))).toEqual([
    'unknown',
  ]);
});

test('a handler that asks for the session itself is guarded', async () => {
  const more =
    'func requireSession(c *gin.Context) bool { if c.GetHeader("Authorization") == "" { c.AbortWithStatus(401); return false }; return true }';
  const body =
    '\tr.GET("/me", func(c *gin.Context) { if !requireSession(c) { return }; c.JSON(200, nil) })';
  expect(kinds(await read({ 'main.go': main(body, more) }))).toEqual(['auth']);
});

test('binding tags of another package are validation', async () => {
  const surface = await read({
    'api/v1/user.go':
      'package v1\n\ntype User struct {\n\tName string `json:"name" binding:"required"`\n}\n',
    'main.go': main(
      '\tr.POST("/users", func(c *gin.Context) { var u v1.User; if err := c.ShouldBindJSON(&u); err != nil { return } })',
    ).replace('"net/http"', '"shop/api/v1"'),
  });
  expect(kinds(surface)).toEqual(['validation']);
  expect(surface.routes[0]?.params.map((one) => [one.name, one.optional])).toEqual([
    ['name', false],
  ]);
});

test('a policy is the default one with what is assigned to it', async () => {
  const body =
    '\tconfig := cors.DefaultConfig()\n\tconfig.AllowAllOrigins = true\n\tconfig.AllowCredentials = true\n\tr.Use(cors.New(config))\n';
  expect(findings(await read({ 'main.go': main(body + home) }))).toContain(
    'cors/any-origin-with-credentials',
  );
});

test('origins from configuration are Unknown, and stay', async () => {
  const body = '\tr.Use(cors.New(cors.Config{AllowOrigins: allowed()}))\n';
  const more = 'func allowed() []string { return nil }';
  const line = controls.cors.audit(await read({ 'main.go': main(body + home, more) })).posture;
  expect(line).toMatchObject({ state: 'Unknown', good: false, stays: true });
});

test('an origin that is sent back by hand is any origin', async () => {
  const more =
    'func open(c *gin.Context) {\n\torigin := c.GetHeader("Origin")\n\tc.Header("Access-Control-Allow-Origin", origin)\n\tc.Header("Access-Control-Allow-Credentials", "true")\n}';
  expect(findings(await read({ 'main.go': main(`\tr.Use(open)\n${home}`, more) }))).toContain(
    'cors/any-origin-with-credentials',
  );
});

test.each([
  [
    'debugging that a condition chooses',
    '\tif dev() { gin.SetMode(gin.DebugMode) }',
    'func dev() bool { return false }',
    'errors/debug',
  ],
  [
    'a cookie whose flags are computed',
    '\tr.GET("/in", func(c *gin.Context) { http.SetCookie(c.Writer, &http.Cookie{Name: "session", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}) })',
    'var secure = true',
    'auth/cookie-no-secure',
  ],
  [
    'the name of an error',
    '',
    'const ErrInvalidPassword = "error.password.invalid"',
    'auth/password-in-source',
  ],
])('%s is no finding', async (_, body, more, id) => {
  expect(findings(await read({ 'main.go': main(`${body}\n${home}`, more) }))).not.toContain(id);
});

test('a password that is hashed with sha1 is told as one', async () => {
  const more = 'func hashPassword(p string) []byte { return sha1.New().Sum([]byte(p)) }';
  expect(findings(await read({ 'main.go': main(home, more) }))).toContain(
    'auth/password-weak-hash',
  );
});

test('code of too many steps says where its reading ended', async () => {
  const call = '\twork()\n'.repeat(90);
  const more = Array.from(
    { length: 4 },
    (_, i) => `func work${i}() {\n${call.replaceAll('work()', `work${i + 1}()`)}}`,
  ).join('\n');
  const source = main('\twork0()\n', `${more}\nfunc work4() {}`);
  const { routes, unresolved } = await read({
    'main.go': `${source}\nfunc late() {\n\tr := gin.New()\n${home}\n}\n`,
  });
  expect(unresolved.map(({ what }) => what).join()).toContain('too many steps');
  // What another root registers is read all the same.
  expect(routes.map(({ id }) => id)).toEqual(['GET /']);
});

test('a list of addresses is no sign-in', async () => {
  const more =
    'func IPWhiteList(c *gin.Context) { if !allowed(authSettings, c.ClientIP()) { c.AbortWithStatus(http.StatusForbidden) } }';
  expect(kinds(await read({ 'main.go': main(`\tr.Use(IPWhiteList)\n${home}`, more) }))).toEqual([
    'unknown',
  ]);
});

test('a file that ends without a line end is read whole', async () => {
  const { notAnalysed } = await read({
    'main.go': main(home).trimEnd(),
    'types.go': 'package main\n\ntype A struct {\n\tB int\n}',
  });
  expect(notAnalysed).toEqual([]);
});
