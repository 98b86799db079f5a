/** sample/01-orders, run as its users run it, on free ports and with fewer orders. */
import 'reflect-metadata';
