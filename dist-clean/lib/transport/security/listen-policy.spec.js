import { describe, expect, it } from '@jest/globals';
import { advertisedAddress, checkListen, peerCredentials } from './listen-policy.js';
const OPEN = { hasPeerSecret: false, hasTls: false, insecure: false };
describe('listening', () => {
    it('beyond the loopback interface nobody listens without a secret, TLS, or insecure: true (Y1)', () => {
        for (const listen of ['0.0.0.0:7000', '[::]:7000', '10.1.2.3:7000', 'node-1:7000', null]) {
            expect(() => checkListen({ ...OPEN, listen })).toThrow(/nothing tells peers from strangers: give security\.peerSecret or security\.tls/);
            for (const key of ['hasPeerSecret', 'hasTls', 'insecure'])
                expect(() => checkListen({ ...OPEN, listen, [key]: true })).not.toThrow();
        }
        for (const listen of ['127.0.0.1:7000', '[::1]:0', 'localhost:7000'])
            expect(() => checkListen({ ...OPEN, listen })).not.toThrow();
    });
    it('a secret comes first, also with TLS', () => {
        const secret = Buffer.from('a secret of the peers');
        expect(peerCredentials({ peerSecret: secret, hasTls: true })).toEqual({ kind: 'secret', secret });
        expect(peerCredentials({ peerSecret: null, hasTls: true })).toEqual({ kind: 'certificate' });
        expect(peerCredentials({ peerSecret: null, hasTls: false })).toEqual({ kind: 'insecure' });
    });
    it('what is advertised can be dialled', () => {
        expect(advertisedAddress({ advertise: null, bound: '127.0.0.1:7001' })).toBe('127.0.0.1:7001');
        expect(advertisedAddress({ advertise: 'node-1:7000', bound: null })).toBe('node-1:7000');
        expect(() => advertisedAddress({ advertise: null, bound: '0.0.0.0:7000' })).toThrow(/transport\.advertise is missing/);
        expect(() => advertisedAddress({ advertise: null, bound: '[::]:7000' })).toThrow(/transport\.advertise is missing/);
        expect(() => advertisedAddress({ advertise: null, bound: null })).toThrow(/transport\.advertise is missing/);
        expect(() => advertisedAddress({ advertise: '0.0.0.0:7000', bound: null })).toThrow(/at which other nodes reach this one/);
        expect(() => advertisedAddress({ advertise: 'node-1:0', bound: null })).toThrow(/at which other nodes reach this one/);
    });
});
//# sourceMappingURL=listen-policy.spec.js.map