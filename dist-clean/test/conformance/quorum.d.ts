import { type Directive } from './datadriven.js';
export declare function runQuorum(directive: Directive): string;
