/// What a write may ask for that nobody here does. Ignoring it would be a promise not kept, so it is refused.
enum S3Promises {
  /// Checks the header fields of a write.
  ///
  /// - Parameter header: the value of a header field, given in lower case.
  static func check(_ header: (String) -> String?) throws(S3Fault) {
    if header("x-amz-server-side-encryption-customer-algorithm") != nil {
      throw unserved(
        "Encryption with a key of the client's is not served: objects are encrypted with the project's key.")
    }
    if let kind = header("x-amz-server-side-encryption"), kind != "AES256" {
      throw unserved(
        "Objects are encrypted with the project's key. Leave the encryption out, or ask for AES256.")
    }
    if let storage = header("x-amz-storage-class"), storage != "STANDARD" {
      throw S3Fault("InvalidStorageClass", 400, "The storage class you specified is not valid. Use STANDARD.")
    }
    if header("x-amz-object-lock-mode") != nil || header("x-amz-object-lock-legal-hold") != nil {
      throw unserved("Object Lock is not served here.")
    }
    if header("x-amz-website-redirect-location") != nil { throw unserved("Websites are not served here.") }
    if header("x-amz-write-offset-bytes") != nil {
      throw unserved("Appending to an object is not served here.")
    }
    if S3Call.asksForACL(header) {
      throw S3Fault("AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
    }
  }

  private static func unserved(_ message: String) -> S3Fault { S3Fault("NotImplemented", 501, message) }
}
