import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { connectionsWithin } from './open-files.js';

const limitsOf = (openFiles: string): string =>
  [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             63456                63456                processes ',
    `Max open files            ${openFiles.padEnd(20)} 1048576              files     `,
    'Max locked memory         8388608              8388608              bytes     ',
  ].join('\n');

describe('connections within the limit of open files', () => {
  it('F1: half of what the process may open, and no more than was configured', () => {
    expect(connectionsWithin(1024, limitsOf('1048576'))).toBe(1024);
    expect(connectionsWithin(1024, limitsOf('1024'))).toBe(512);
    expect(connectionsWithin(2048, limitsOf('90'))).toBe(45);
    expect(connectionsWithin(1024, limitsOf('1'))).toBe(1);
  });

  it('F2: what was configured, where nothing is known', () => {
    for (const text of ['', 'nonsense', limitsOf('unlimited')]) expect(connectionsWithin(1024, text)).toBe(1024);
  });

  it('reads what the system says of this process', () => {
    if (!existsSync('/proc/self/limits')) return;
    // The shell's limit is that of the program that it becomes.
    const limits = execFileSync('/bin/sh', ['-c', 'ulimit -n 300; exec cat /proc/self/limits'], { encoding: 'utf8' });
    expect(connectionsWithin(1024, limits)).toBe(150);
    expect(connectionsWithin(2)).toBe(2);
  });
});
