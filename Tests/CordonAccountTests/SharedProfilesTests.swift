import Testing

@testable import CordonAccount

@Suite struct `The AWS CLI's files` {
  @Test func `a profile of both files has the keys of the credentials file`() {
    let files = SharedProfiles(
      config: """
        [default]
        region = eu-west-1
        [profile audit]
        role_arn = arn:aws:iam::111122223333:role/reader
        source_profile=default
        [sso-session corp]
        sso_region = us-east-1
        """,
      credentials: """
        # mine
        [default]
        aws_access_key_id = one
          indented = away
        aws_secret_access_key = two = three
        """)
    #expect(
      files.profiles["default"] == [
        "region": "eu-west-1", "aws_access_key_id": "one", "aws_secret_access_key": "two = three",
      ])
    #expect(files.profiles["audit"]?["source_profile"] == "default")
    #expect(files.profiles["corp"] == nil)
  }
}
