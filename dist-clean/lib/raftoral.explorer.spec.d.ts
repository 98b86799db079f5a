/** Which classes are found, and what stops a boot. */
import 'reflect-metadata';
