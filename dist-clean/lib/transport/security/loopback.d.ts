export interface HostAndPort {
    /** Without brackets. */
    readonly host: string;
    readonly port: number;
}
/** Throws INVALID_CONFIGURATION that names `option`. */
export declare function parseAddress(text: string, option: string): HostAndPort;
export declare function formatAddress(host: string, port: number): string;
/** Only processes of this machine can reach a listener there. */
export declare function isLoopbackHost(host: string): boolean;
/** All interfaces of the machine: fine to listen on, no address to be reached at. */
export declare function isWildcardHost(host: string): boolean;
