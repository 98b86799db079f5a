export interface IssuedCertificate {
    /** PEM. */
    readonly cert: string;
    readonly key: string;
}
export interface IssueOptions {
    readonly name: string;
    /** Names and IP addresses that it is for. */
    readonly hosts?: readonly string[];
    readonly validFrom?: Date;
    readonly validTo?: Date;
    /** Default: both server and client. */
    readonly isAuthority?: boolean;
}
export interface Authority extends IssuedCertificate {
    issue(options: IssueOptions): IssuedCertificate;
}
export declare function createAuthority(name: string, validTo?: Date): Authority;
