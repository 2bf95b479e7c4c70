terraform {
  backend "local" {}
}

resource "terraform_data" "traefik" {
  input = {
    kind = "Deployment"
    metadata = {
      name      = "traefik"
      namespace = "ingress"
    }
    spec = {
      replicas = 1
      template = {
        spec = {
          containers = [
            {
              name = "traefik"
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
