/// The id of one request: sixteen upper-case hexadecimal digits, as S3 writes its own.
public enum RequestID {
  /// A fresh random id.
  public static func random() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
