import CordonModel
import Testing

@Suite struct `Names that are safe everywhere` {
  @Test(arguments: [
    (true, "a"), (true, "churn-2"), (true, "0x1f"), (true, String(repeating: "a", count: 40)), (true, "a--b"),
    (false, ""), (false, String(repeating: "a", count: 41)), (false, "-a"), (false, "a-"), (false, "A"),
    (false, "a_b"), (false, "a.b"), (false, "a b"), (false, "a/b"), (false, ".."), (false, "ä"),
    (false, "a\n"),
    (false, "a\0"), (false, "a:b"), (false, "a*"), (false, "\u{0430}"),
  ])
  func `a name is 1 to 40 of a-z, 0-9 and inner hyphens`(isAccepted: Bool, text: String) {
    #expect(((try? Slug(text)) != nil) == isAccepted)
  }

  @Test(arguments: [
    (true, "abc"), (true, "breast-cancer-data"), (true, "0-9"), (true, String(repeating: "b", count: 63)),
    (false, "ab"), (false, String(repeating: "b", count: 64)), (false, "Abc"), (false, "a_b"),
    (false, "a.b.c"),
    (false, "192.0.2.7"), (false, "-abc"), (false, "abc-"), (false, "xn--abc"), (false, "sthree-abc"),
    (false, "abc-s3alias"), (false, "abc--ol-s3"), (false, "a/b"), (false, "abc*"), (false, "äbc"),
    (false, ""),
    (false, "amzn-s3-demo-abc"), (false, "abc--x-s3"), (false, "abc--table-s3"), (false, "abc.mrap"),
  ])
  func `a bucket name follows the rules of S3, without dots`(isAccepted: Bool, text: String) {
    #expect(((try? BucketName(text)) != nil) == isAccepted)
  }

  @Test(arguments: [
    (true, "111122223333"), (true, "012345678901"), (false, "11112222333"), (false, "1111222233334"),
    (false, "11112222333a"), (false, " 11112222333"), (false, "١١١١٢٢٢٢٣٣٣٣"), (false, ""),
  ])
  func `an account is twelve digits`(isAccepted: Bool, text: String) {
    #expect(((try? AccountID(text)) != nil) == isAccepted)
  }

  @Test(arguments: [
    (true, "o-acme123456"), (true, "o-" + String(repeating: "a", count: 32)), (false, "o-short"),
    (false, "acme123456"),
    (false, "o-" + String(repeating: "a", count: 33)), (false, "o-ACME123456"), (false, "o-acme-12345"),
    (false, "o-"),
    (false, "o-acme123456\"},"), (false, ""),
  ])
  func `an organization id is o- and 10 to 32 letters or digits`(isAccepted: Bool, text: String) {
    #expect(((try? OrganizationID(text)) != nil) == isAccepted)
  }

  @Test(arguments: [
    (true, "eu-west-1"), (true, "us-gov-east-1"), (true, "ap-southeast-4"), (false, "europe"),
    (false, "eu-west"),
    (false, "eu--west-1"), (false, "EU-WEST-1"), (false, "eu-west-12"), (false, "eu-west-1.evil"),
    (false, ""),
    (false, "eu-west-a"), (false, "-eu-west-1"), (false, "eu-west-1-"),
  ])
  func `a region has three to five parts, the last a digit`(isAccepted: Bool, text: String) {
    #expect(((try? Region(text)) != nil) == isAccepted)
  }

  @Test func `a refusal says what the text was meant for and what a good one looks like`() {
    let refusal = #expect(throws: NameRefusal.self) { try AccountID("12") }
    #expect(refusal?.description == "'12' is not an account id: write 12 digits in quotes")
    let other = #expect(throws: NameRefusal.self) { try Slug("A", kind: "project name") }
    #expect(other?.description.hasPrefix("'A' is not a project name: use 1 to 40") == true)
  }

  @Test func `a bucket's ARN is that of S3`() throws {
    let bucket = try BucketName("churn-data")
    #expect(bucket.arn == "arn:aws:s3:::churn-data")
    #expect(bucket.arn(key: "a b/c") == "arn:aws:s3:::churn-data/a b/c")
  }
}

@Suite struct `Sums of money` {
  @Test(arguments: [
    (40_000, "400.00 USD"), (9_950, "99.50 USD"), (1, "0.01 USD"), (-105, "-1.05 USD"), (0, "0.00 USD"),
  ])
  func `an amount is written with two digits behind the point`(hundredths: Int, text: String) {
    #expect(Money(hundredths: hundredths, currency: "USD").description == text)
  }
}
