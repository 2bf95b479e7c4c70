terraform {
  backend "local" {}
}

resource "terraform_data" "monitor_photos" {
  input = {
    kind = "Monitor"
    name = "photos.example.org"
    url  = "https://photos.example.org"
  }
}
