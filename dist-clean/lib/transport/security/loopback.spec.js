import { describe, expect, it } from '@jest/globals';
import { formatAddress, isLoopbackHost, isWildcardHost, parseAddress } from './loopback.js';
describe('addresses', () => {
    it('host and port, of names and of both kinds of IP addresses', () => {
        const cases = [
            ['127.0.0.1:7000', '127.0.0.1', 7000],
            ['node-1.internal:0', 'node-1.internal', 0],
            ['localhost:65535', 'localhost', 65535],
            ['[::1]:7000', '::1', 7000],
            ['[fe80::1]:1', 'fe80::1', 1],
            ['a_b.c.:9', 'a_b.c.', 9],
        ];
        for (const [text, host, port] of cases) {
            expect(parseAddress(text, 'x')).toEqual({ host, port });
            expect(formatAddress(host, port)).toBe(text);
        }
    });
    it('what is no address is refused, and the option is named', () => {
        const wrong = [
            '',
            'host',
            'host:',
            ':1',
            '::1:7000',
            '[::1]',
            '[::1]7000',
            '[node]:1',
            'a b:1',
            'host:65536',
            'host:-1',
            'host:1.5',
            '999.1.1.1:1',
            '1.2.3:1',
            'http://a:1',
            'a:1/x',
            '-a:1',
            'a..b:1',
        ];
        for (const text of wrong)
            expect(() => parseAddress(text, 'transport.listen')).toThrow(`transport.listen is '${text}'; give host:port`);
    });
    it('loopback is what never leaves the machine', () => {
        for (const host of [
            '127.0.0.1',
            '127.255.0.9',
            '::1',
            '0:0:0:0:0:0:0:1',
            '::ffff:127.0.0.1',
            '::ffff:7f00:1',
            'localhost',
            'LOCALHOST',
            'a.localhost',
            'localhost.',
        ])
            expect([host, isLoopbackHost(host)]).toEqual([host, true]);
        for (const host of [
            '0.0.0.0',
            '::',
            '128.0.0.1',
            '10.0.0.1',
            '::2',
            '::ffff:10.0.0.1',
            '::ffff:8000:1',
            'fe80::1',
            'node',
            'localhost.example',
            'notlocalhost',
            '::127.0.0.1',
        ])
            expect([host, isLoopbackHost(host)]).toEqual([host, false]);
    });
    it('a wildcard is no address to be reached at', () => {
        for (const host of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])
            expect(isWildcardHost(host)).toBe(true);
        for (const host of ['127.0.0.1', '::1', 'node'])
            expect(isWildcardHost(host)).toBe(false);
    });
});
//# sourceMappingURL=loopback.spec.js.map