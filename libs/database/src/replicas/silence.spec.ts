import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { listenFor } from './silence.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('a server is silent since anything was read from it', () => {
  let read = 5;
  const told = jest.fn();
  const end = listenFor(() => read, told);
  jest.advanceTimersByTime(300);
  expect(told).toHaveBeenLastCalledWith({ waited: 300, silent: 300 });
  read++;
  jest.advanceTimersByTime(100);
  expect(told).toHaveBeenLastCalledWith({ waited: 400, silent: 0 });
  jest.advanceTimersByTime(200);
  expect(told).toHaveBeenLastCalledWith({ waited: 600, silent: 200 });
  end();
  jest.advanceTimersByTime(200);
  expect(told).toHaveBeenCalledTimes(6);
});
