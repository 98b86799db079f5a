/**
 * Every line of what can be wrong with a call, over HTTP: a RaftoralError with a stable code, a message that names thing and remedy, the
 * fitting status; nothing is lost or half-applied, and the node goes on.
 */
import 'reflect-metadata';
