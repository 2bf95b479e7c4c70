terraform {
  backend "local" {}
}

resource "terraform_data" "photos" {
  input = {
    kind = "Deployment"
    metadata = {
      name      = "photos"
      namespace = "media"
    }
    spec = {
      replicas = 2
      template = {
        spec = {
          containers = [
            {
              name = "photos"
              resources = {
                limits = {
                  memory = "128Mi" # raised by hand so far
                }
              }
            },
          ]
        }
      }
    }
  }
}
