import { expect, test } from 'vitest';
import { fields, sanitizeHtml } from './load.js';

test.each([
  ['<p>Tom & <b>Jerry</b></p>', '<p>Tom &amp; <b>Jerry</b></p>'],
  ['a < b &amp; c > d', 'a &lt; b &amp; c &gt; d'],
  ['<B>x</b>', '<b>x</b>'],
  ['line<br/>line', 'line<br>line'],
  ['<ul><li>one<li>two</ul>after', '<ul><li>one<li>two</li></li></ul>after'],
  ['</p></div>out', '&lt;/div&gt;out'],
  ['<p class="x" onclick="evil()">x</p>', '<p>x</p>'],
  [
    '<a href="https://x.example/?a=1&amp;b=2">x</a>',
    '<a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer">x</a>',
  ],
])('%s becomes %s', (given, shown) => {
  expect(sanitizeHtml(given)).toBe(shown);
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="java&#115;cript:alert(1)">x</a>',
  "<a href='https://x\" onmouseover=alert(1) x='>x</a>",
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<b/onclick=alert(1)>x</b>',
  '<b onclick=alert(1)>x</b>',
  '<<script>script>alert(1)<</script>/script>',
  '<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<p title="</p><img src=x onerror=alert(1)>">',
  '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">',
  '<b\u0000><scr\u0000ipt>',
])('%s can run nothing', (given) => {
  const plain = /<\/?(?:a|b|p)>|<a href="https:[^"<>]*" rel="[a-z ]+">/g;
  const rest = sanitizeHtml(given).replace(plain, '');
  expect(rest).not.toMatch(/[<>"']/);
});

test.each(['../../etc/passwd', '.htaccess', 'x.jpg.php', 'CON', 'a\0b.svg', '日本語', ''])(
  'an upload called %j is stored under a name of ours',
  (name) => {
    expect(fields.safeFilename(name)).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('a harmless ending is kept, and no two names are the same', () => {
  const [one, two] = [fields.safeFilename('photo.JPG'), fields.safeFilename('photo.JPG')];
  expect(one).toMatch(/^[0-9a-f-]{36}\.jpg$/);
  expect(one).not.toBe(two);
});

test('ready-made fields take what people have and change nothing', () => {
  const { email, id, password, username } = fields;
  expect(password.parse('  <b> & "日本語" ok ')).toBe('  <b> & "日本語" ok ');
  expect(email.parse("O'Brien+x@Example.org")).toBe("O'Brien+x@Example.org");
  expect(id.parse(7)).toBe(7);
  for (const bad of ['x', ' a@b', 'a@b@c']) expect(email.safeParse(bad).success).toBe(false);
  for (const bad of ['ａｄｍｉｎ', 'ad\u200bmin', '-x', 'a']) {
    expect(username.safeParse(bad).success).toBe(false);
  }
});
