/**
 * The process that is killed, unplugged and starved: a Nest application with one node, driven by lines of JSON (protocol.ts). It says that
 * something was acknowledged only after the promise of the engine has resolved, and ends with its stdin, so that it never outlives the driver.
 */
import 'reflect-metadata';
