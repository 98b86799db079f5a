export declare class HttpJson {
    private readonly agent;
    /** Resolves with the body of a 2xx answer; rejects for every other, and when the connection breaks. */
    get(url: string): Promise<unknown>;
    post(url: string, body: unknown): Promise<unknown>;
    close(): void;
    private send;
}
