// good enough for the demo, swap for postgres later
let nextId = 3;

export const users = [
  { id: 1, name: 'Ada', email: 'ada@example.com', role: 'admin' },
  { id: 2, name: 'Linus', email: 'linus@example.com', role: 'user' },
];

export const notes = [
  { id: 1, ownerId: 1, title: 'Shopping', body: 'milk & bread', pinned: false },
  { id: 2, ownerId: 2, title: 'Ideas', body: 'a < b', pinned: true },
];

export const payments = [];

export function add(list, values) {
  const row = { id: nextId++, ...values };
  list.push(row);
  return row;
}

export function find(list, id) {
  return list.find((row) => row.id === Number(id));
}

export function remove(list, id) {
  const index = list.findIndex((row) => row.id === Number(id));
  if (index === -1) return false;
  list.splice(index, 1);
  return true;
}
