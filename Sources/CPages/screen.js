// The portal's messages and pictures, for the page of a session and the page of a recording alike: what was drawn live and what
// is drawn again goes through the same lines.
"use strict";
const cordonWire = (() => {
  const VERSION = 1;
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  const encoded = (text, limit) => {
    const { written } = encoder.encodeInto(text, new Uint8Array(limit));
    const bytes = new Uint8Array(written);
    encoder.encodeInto(text, bytes);
    return bytes;
  };

  class Writer {
    constructor(kind) { this.bytes = [VERSION, kind]; }
    u8(n) { this.bytes.push(n & 255); return this; }
    u16(n) { return this.u8(n >> 8).u8(n); }
    u32(n) { return this.u16(n >>> 16).u16(n & 65535); }
    position(n) { return this.u16(Math.max(0, Math.min(65535, Math.round(n * 8)))); }
    distance(n) { return this.u16(Math.max(-32768, Math.min(32767, Math.round(n))) & 65535); }
    text(text, limit) { return this.data(encoded(text, limit), n => this.u32(n)); }
    short(text) { return this.data(encoded(text, 32), n => this.u8(n)); }
    data(bytes, length) { length(bytes.length); for (const byte of bytes) this.bytes.push(byte); return this; }
  }

  class Reader {
    constructor(buffer) { this.view = new DataView(buffer); this.at = 0; }
    u8() { return this.view.getUint8(this.at++); }
    u16() { this.at += 2; return this.view.getUint16(this.at - 2); }
    u32() { this.at += 4; return this.view.getUint32(this.at - 4); }
    flag() { return this.u8() === 1; }
    position() { return this.u16() / 8; }
    data() { const length = this.u32(); this.at += length; return new Uint8Array(this.view.buffer, this.at - length, length); }
    text() { return decoder.decode(this.data()); }
    short() { const length = this.u8(); this.at += length; return decoder.decode(new Uint8Array(this.view.buffer, this.at - length, length)); }
  }

  // A decoder takes the bytes where they are; those of a Blob go through another process of the browser and back.
  async function decoded(data) {
    if (typeof ImageDecoder !== "function") return createImageBitmap(new Blob([data], { type: "image/jpeg" }));
    const decoder = new ImageDecoder({ data, type: "image/jpeg" });
    try { return (await decoder.decode()).image; } finally { decoder.close(); }
  }

  // Draws frames into a canvas, one after the other; `done` hears of each: its number, whether it was a whole picture, and
  // whether it could be drawn.
  class Screen {
    constructor(canvas, done) {
      this.canvas = canvas;
      this.paper = canvas.getContext("2d", { alpha: false });
      this.page = { width: 1280, height: 800 };
      this.done = done;
      this.drawn = Promise.resolve();
    }

    // Takes a frame's message, after its version and kind.
    take(reader) {
      const number = reader.u32(), isWhole = reader.flag(), width = reader.u16(), height = reader.u16();
      const pageWidth = reader.u16(), pageHeight = reader.u16(), parts = [];
      for (let left = reader.u16(); left > 0; left--) {
        const x = reader.u16(), y = reader.u16();
        reader.u32();
        parts.push({ x, y, image: decoded(reader.data()) });
      }
      const images = Promise.all(parts.map(part => part.image));
      // Pictures are decoded beside each other and drawn one after the other.
      this.drawn = this.drawn.then(async () => {
        let isDrawn = true;
        try {
          const ready = await images, { canvas } = this;
          if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
          [this.page.width, this.page.height] = [pageWidth, pageHeight];
          ready.forEach((image, place) => { this.paper.drawImage(image, parts[place].x, parts[place].y); image.close(); });
        } catch { isDrawn = false; }
        this.done(number, isWhole, isDrawn);
      });
    }
  }

  return { VERSION, Writer, Reader, Screen, encoder };
})();
