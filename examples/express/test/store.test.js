import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, find, remove } from '../src/store.js';

test('adds, finds and removes a row', () => {
  const list = [];
  const row = add(list, { title: 'a' });
  assert.equal(find(list, String(row.id)), row);
  assert.equal(remove(list, row.id), true);
  assert.equal(remove(list, row.id), false);
});
