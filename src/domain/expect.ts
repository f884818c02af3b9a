/* What a declaration expects of a port: `open` wants a handshake, `closed` that it is not open, `filtered` silence. */
export type Expect = 'open' | 'closed' | 'filtered';
