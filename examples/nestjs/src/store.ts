import { Injectable } from '@nestjs/common';

export interface User {
  id: number;
  name: string;
  email: string;
  role: string;
}

export interface Note {
  id: number;
  ownerId?: number;
  title: string;
  body?: string;
  pinned: boolean;
}

// good enough for the demo, swap for postgres later
@Injectable()
export class Store {
  private nextId = 3;

  readonly users: User[] = [
    { id: 1, name: 'Ada', email: 'ada@example.com', role: 'admin' },
    { id: 2, name: 'Linus', email: 'linus@example.com', role: 'user' },
  ];

  readonly notes: Note[] = [
    { id: 1, ownerId: 1, title: 'Shopping', body: 'milk & bread', pinned: false },
    { id: 2, ownerId: 2, title: 'Ideas', body: 'a < b', pinned: true },
  ];

  readonly payments: unknown[] = [];

  add<T extends { id: number }>(list: T[], values: Omit<T, 'id'>): T {
    const row = { id: this.nextId++, ...values } as T;
    list.push(row);
    return row;
  }

  find<T extends { id: number }>(list: T[], id: string): T | undefined {
    return list.find((row) => row.id === Number(id));
  }

  remove(list: { id: number }[], id: string): boolean {
    const index = list.findIndex((row) => row.id === Number(id));
    if (index === -1) return false;
    list.splice(index, 1);
    return true;
  }
}
