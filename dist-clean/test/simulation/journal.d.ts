/**
 * What happened in a run, for people: lines with their virtual time. Bounded; the oldest lines go first.
 */
export declare class Journal {
    private readonly nowMs;
    /** Lines that are kept; 0 keeps none and costs nothing. */
    private readonly linesMax;
    private lines;
    constructor(nowMs: () => number, 
    /** Lines that are kept; 0 keeps none and costs nothing. */
    linesMax: number);
    get isOn(): boolean;
    /** `text` is a function where building it costs something. */
    write(text: string | (() => string)): void;
    get text(): string;
}
