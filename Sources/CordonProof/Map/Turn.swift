/// Sine and cosine without a mathematics library, to a thousandth of a unit: enough to draw with, and the same on every
/// machine, so that two runs write the same bytes.
enum Turn {
  /// Both of an angle in degrees.
  static func sineAndCosine(degrees: Double) -> (sine: Double, cosine: Double) {
    var turn = degrees.truncatingRemainder(dividingBy: 360)
    if turn < 0 { turn += 360 }
    let quarter = Int(turn / 90)
    let (sine, cosine) = firstQuarter((turn - Double(quarter) * 90) * 0.017_453_292_519_943_295)
    return switch quarter {
    case 0: (sine, cosine)
    case 1: (cosine, -sine)
    case 2: (-sine, -cosine)
    default: (-cosine, sine)
    }
  }

  /// Taylor's series; eight terms leave less than 1e-10 up to a right angle.
  private static func firstQuarter(_ x: Double) -> (sine: Double, cosine: Double) {
    var (sine, cosine) = (0.0, 0.0)
    var (odd, even) = (x, 1.0)
    for term in 0..<8 {
      sine += odd
      cosine += even
      let n = Double(2 * term)
      odd *= -x * x / ((n + 2) * (n + 3))
      even *= -x * x / ((n + 1) * (n + 2))
    }
    return (sine, cosine)
  }
}
