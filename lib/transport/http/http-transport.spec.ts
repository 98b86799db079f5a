/** The suites of transports over HTTP: on listeners of their own, and in front of an application's server. */
import { describe, it } from '@jest/globals';
import { networkHarness } from '../../testing/network-harness.js';
import { transportSuite } from '../../testing/transport-suite.js';
import { HttpCarrier } from './http-carrier.js';

describe('HTTP on a listener of its own', () => {
  for (const { name, run } of transportSuite(networkHarness(({ listen = '127.0.0.1:0' }) => new HttpCarrier({ listen })))) it(name, run);
});
