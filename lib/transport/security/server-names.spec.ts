import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../../test/support/certificates.js';
import { acceptedNames, checkNames } from './server-names.js';

const ADDRESS = { host: '10.0.0.2', port: 7000 };
const certificateOf = (...hosts: string[]) =>
  new X509Certificate(createAuthority('peers').issue({ name: 'node', hosts }).cert).toLegacyObject();

describe('names in the certificate of who is dialled', () => {
  it('V1: that of the address, or the name that it was found by; where one is configured, that one alone', () => {
    expect(acceptedNames({ address: ADDRESS, serverName: undefined, name: undefined })).toEqual(['10.0.0.2']);
    expect(acceptedNames({ address: ADDRESS, serverName: undefined, name: 'nodes.east.example' })).toEqual([
      '10.0.0.2',
      'nodes.east.example',
    ]);
    expect(acceptedNames({ address: ADDRESS, serverName: 'node', name: 'nodes.east.example' })).toEqual(['node']);
  });

  it('one of them is enough, none is refused', () => {
    const names = ['10.0.0.2', 'nodes.east.example'];
    for (const hosts of [['10.0.0.2'], ['nodes.east.example'], ['*.east.example'], ['10.0.0.2', 'else.example']])
      expect([hosts, checkNames(names, certificateOf(...hosts))]).toEqual([hosts, undefined]);
    for (const hosts of [['10.0.0.3'], ['other.example'], ['nodes.east.example.evil']])
      expect([hosts, checkNames(names, certificateOf(...hosts))]).toEqual([
        hosts,
        expect.objectContaining({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      ]);
  });
});
