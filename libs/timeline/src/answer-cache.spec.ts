import { describe, expect, it } from '@jest/globals';
import { type Moment, OPEN_END } from '#iov';
import { AnswerCache, Timeline, TimelineBuilder } from './index.js';

const at = (minor: number): Moment => ({ major: 0n, minor: BigInt(minor) });

function open(payloadType: string, starts: number): Timeline {
  const builder = new TimelineBuilder([{ id: 1n, payloadType }]);
  for (let i = 0; i < starts; i++) {
    const json = `["${payloadType}","${i}","",null,0,${10 * i},1,0,null]`;
    builder.add(1n, { id: BigInt(i), start: at(10 * i), end: OPEN_END, json });
  }
  return Timeline.open(builder.build(), 'continuous');
}

describe('the cache of answers', () => {
  const timeline = open('A', 1000);

  it('answers all moments between two starts with one buffer, from the second time on', () => {
    const cache = new AnswerCache(1e6);
    const first = cache.answer(timeline, at(15), 'rows');
    expect(cache.bytes).toBe(0);
    const second = cache.answer(timeline, at(10), 'rows');
    expect(second).toEqual(first);
    expect(second).toEqual(timeline.answer(at(15), 'rows'));
    expect(cache.answer(timeline, at(19), 'rows').body).toBe(second.body);
    expect(cache.answer(timeline, at(20), 'rows').body.toString()).not.toBe(second.body.toString());
    expect(cache.answer(timeline, at(19), 'dict')).toEqual(timeline.answer(at(19), 'dict'));
  });

  it('forgets the answers of another timeline', () => {
    const cache = new AnswerCache(1e6);
    for (let i = 0; i < 3; i++) cache.answer(timeline, at(15), 'rows');
    const other = open('B', 1000);
    for (let i = 0; i < 3; i++) {
      expect(cache.answer(other, at(15), 'rows')).toEqual(other.answer(at(15), 'rows'));
    }
  });

  it('keeps within its limit what was used last', () => {
    const one = timeline.answer(at(15), 'rows').body.length + 400;
    const cache = new AnswerCache(10 * one);
    cache.answer(timeline, at(15), 'rows');
    const hot = cache.answer(timeline, at(15), 'rows');
    for (let i = 100; i < 200; i++) {
      for (let k = 0; k < 2; k++) cache.answer(timeline, at(10 * i), 'rows');
      expect(cache.answer(timeline, at(15), 'rows').body).toBe(hot.body);
      expect(cache.bytes).toBeLessThanOrEqual(10 * one);
    }
    expect(cache.bytes).toBeGreaterThan(5 * one);
  });

  it('keeps nothing that does not fit', () => {
    const cache = new AnswerCache(10);
    for (let i = 0; i < 3; i++) {
      expect(cache.answer(timeline, at(15), 'rows')).toEqual(timeline.answer(at(15), 'rows'));
    }
    expect(cache.bytes).toBe(0);
  });
});
