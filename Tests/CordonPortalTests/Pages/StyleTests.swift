import Foundation
import Testing

@testable import CordonPortal

/// The colours of the style sheet: each pair that text uses, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11).
@Suite struct `The portal's style` {
  static let schemes: [(name: String, tokens: [String: [Double]])] = {
    let text = String(decoding: PageFiles.bytes(of: "portal.css"), as: UTF8.self)
    let dark = text.range(of: "@media (prefers-color-scheme: dark)")?.lowerBound ?? text.endIndex
    let light = tokens(text[..<dark])
    return [("light", light), ("dark", light.merging(tokens(text[dark...])) { $1 })]
  }()

  /// `--name: #rrggbb;` lines.
  static func tokens(_ text: Substring) -> [String: [Double]] {
    var tokens: [String: [Double]] = [:]
    for match in text.matches(of: #/--([a-z-]+): #([0-9a-f]{6});/#) {
      let number = Int(match.2, radix: 16) ?? 0
      tokens[String(match.1)] = [16, 8, 0].map { Double(number >> $0 & 255) / 255 }
    }
    return tokens
  }

  static func luminance(_ color: [Double]) -> Double {
    let parts = color.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  @Test(
    arguments: [
      (4.5, "ink", ["ground", "surface", "raised", "bad-wash", "good-wash", "accent-wash"]),
      (4.5, "soft", ["ground", "surface", "raised"]), (4.5, "accent", ["ground", "surface", "accent-wash"]),
      (4.5, "accent-strong", ["ground", "surface"]), (4.5, "on-accent", ["accent", "accent-strong"]),
      (4.5, "bad", ["ground", "surface", "bad-wash"]), (4.5, "good", ["surface", "good-wash"]),
      (3, "edge", ["ground", "surface"]), (3, "focus", ["ground", "surface", "raised", "accent-wash"]),
    ] as [(Double, String, [String])])
  func `has contrast enough for everybody`(least: Double, front: String, backs: [String]) throws {
    for (scheme, tokens) in Self.schemes {
      let one = Self.luminance(try #require(tokens[front]))
      for back in backs {
        let other = Self.luminance(try #require(tokens[back]))
        let ratio = (max(one, other) + 0.05) / (min(one, other) + 0.05)
        #expect(ratio >= least, "\(scheme): \(front) on \(back) has \(ratio)")
      }
    }
  }

  @Test func `comes from nowhere else, and stands still where a person wants it so`() {
    for name in ["portal.css", "session.css"] {
      let text = String(decoding: PageFiles.bytes(of: name), as: UTF8.self)
      #expect(
        !text.isEmpty && !text.contains("url(") && !text.contains("@import") && !text.contains("@font-face"))
    }
    let text = String(decoding: PageFiles.bytes(of: "portal.css"), as: UTF8.self)
    #expect(text.contains("prefers-reduced-motion: reduce"))
  }

  @Test func `a script makes no text into markup or script`() {
    for name in ["portal.js", "screen.js", "session.js", "replay.js"] {
      let text = String(decoding: PageFiles.bytes(of: name), as: UTF8.self)
      #expect(!text.isEmpty)
      for word in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc",
      ] {
        #expect(!text.contains(word), "\(name): \(word)")
      }
    }
  }
}
