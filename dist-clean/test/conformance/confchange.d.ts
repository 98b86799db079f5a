import { type Directive } from './datadriven.js';
export declare class ConfChangeEnvironment {
    private readonly tracker;
    private lastIndex;
    run(directive: Directive): string;
    private change;
}
