import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { descriptorBudget, inFlightWindow } from '../../../../src/engine/portable/window.js';

test('the window is what the plan asks for, cut to what the process can open', () => {
  expect(inFlightWindow(1000, 400).room(0, 0)).toBe(400);
  expect(inFlightWindow(100, 400).room(0, 30)).toBe(70);
  expect(inFlightWindow(0, 400).room(0, 0)).toBe(1);
});

test('a shortage pauses everything, then goes on with fewer sockets', () => {
  const window = inFlightWindow(1000, Number.POSITIVE_INFINITY);
  window.pressed(0, 400);
  expect(window.room(19, 0)).toBe(0);
  expect(window.room(20, 0)).toBe(300);
});

test('the failures of one burst count once', () => {
  const window = inFlightWindow(1000, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 30; i++) window.pressed(i / 10, 400 - i);
  expect(window.room(20, 0)).toBe(300);
});

test('shortages in a row pause twice as long each time, until a probe ends well', () => {
  const window = inFlightWindow(1000, Number.POSITIVE_INFINITY);
  window.pressed(0, 400);
  window.pressed(20, 300);
  expect([window.room(59, 0), window.room(60, 0)]).toEqual([0, 225]);
  window.ended();
  window.pressed(100, 200);
  expect([window.room(119, 0), window.room(120, 0)]).toEqual([0, 150]);
});

test('it grows back to its full width, and no further', () => {
  const window = inFlightWindow(100, Number.POSITIVE_INFINITY);
  window.pressed(0, 80);
  for (let i = 0; i < 10_000; i++) window.ended();
  expect(window.room(100, 0)).toBe(100);
});

test('the budget leaves a margin below the limit of the process', () => {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  expect(descriptorBudget()).toBeGreaterThan(0);
  expect(descriptorBudget()).toBeLessThan(limit - 8);
});
